# Gives the name of a server its own addresses and lifetimes again.
function Restore-HostName {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn,
        [string] $Zone,
        [string] $Name,
        [string[]] $IPv4Address,
        [string[]] $IPv6Address
    )
    foreach ($type in @('A', 'AAAA')) {
        $address = @(Get-PlannedAddress -Fqdn $Fqdn -Type $type -IPv4Address $IPv4Address -IPv6Address $IPv6Address)
        # The lifetime of a record that Windows registers itself is 15 minutes.
        $lifetime = [System.TimeSpan]::FromMinutes(15)
        $known = $recorded | Where-Object { $_.Fqdn -eq $Fqdn -and $_.Type -eq $type } | Select-Object -First 1
        if ($known) {
            $lifetime = [System.TimeSpan]::Parse($known.TimeToLive)
        }
        Set-HostAddress -Fqdn $Fqdn -Zone $Zone -Name $Name -Type $type -Address $address -Lifetime $lifetime
    }
}

