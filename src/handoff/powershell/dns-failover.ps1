# Points the name of a server at its stand-in, for IPv4 and IPv6.
function Move-HostName {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn,
        [string] $Zone,
        [string] $Name,
        [string] $StandIn,
        [string[]] $IPv4Address,
        [string[]] $IPv6Address
    )
    foreach ($type in @('A', 'AAAA')) {
        $address = @(Get-PlannedAddress -Fqdn $StandIn -Type $type -IPv4Address $IPv4Address -IPv6Address $IPv6Address)
        Set-HostAddress -Fqdn $Fqdn -Zone $Zone -Name $Name -Type $type -Address $address `
            -Lifetime ([System.TimeSpan]::FromMinutes(5))
    }
}

