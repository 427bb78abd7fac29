# Read this script before you run it, and rehearse it with -WhatIf. It can run again: steps that are done are skipped.
#Requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # The DNS server that holds the zones.
    [string] $DnsServer = 'localhost'
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module -Name DnsServer
$folder = Split-Path -Parent -Path $MyInvocation.MyCommand.Path
# The cmdlets of the module do not see the preferences of a script, so each gets -ErrorAction.
$recordFile = Join-Path -Path $folder -ChildPath 'dns-records.csv'

function Get-HostRecord([string] $Zone, [string] $Name, [string] $Type) {
    # A zone is read whole, because a name without a record is an error otherwise.
    Get-DnsServerResourceRecord -ComputerName $DnsServer -ZoneName $Zone -RRType $Type -ErrorAction Stop |
        Where-Object { $_.HostName -eq $Name }
}

function Get-RecordAddress($Record) {
    if ($Record.RecordType -eq 'A') {
        return $Record.RecordData.IPv4Address.IPAddressToString
    }
    return $Record.RecordData.IPv6Address.IPAddressToString
}

$recorded = @()
if (Test-Path -LiteralPath $recordFile) {
    $recorded = @(Import-Csv -LiteralPath $recordFile)
}

# Returns the addresses of a server: those of the deployment, and otherwise those that dns-prepare.ps1 recorded.
function Get-PlannedAddress([string] $Fqdn, [string] $Type, [string[]] $IPv4Address, [string[]] $IPv6Address) {
    if (@($IPv4Address).Count + @($IPv6Address).Count -gt 0) {
        if ($Type -eq 'A') {
            return $IPv4Address
        }
        return $IPv6Address
    }
    $ofServer = @($recorded | Where-Object { $_.Fqdn -eq $Fqdn })
    if ($ofServer.Count -eq 0) {
        throw ('The addresses of {0} are unknown: it is not in {1}. Run dns-prepare.ps1 while its site is up.' -f $Fqdn, $recordFile)
    }
    $ofServer | Where-Object { $_.Type -eq $Type } | ForEach-Object { $_.Address }
}

# Gives a name exactly these addresses. Records are changed in place: who deletes and adds a record of a secure zone
# becomes its owner, and the server's own later registrations are refused.
function Set-HostAddress {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn,
        [string] $Zone,
        [string] $Name,
        [string] $Type,
        [string[]] $Address,
        [System.TimeSpan] $Lifetime
    )
    $records = @(Get-HostRecord -Zone $Zone -Name $Name -Type $Type)
    $found = @($records | ForEach-Object { Get-RecordAddress $_ })
    # An address has several texts; those of the records are as .NET writes them.
    $wanted = @($Address | ForEach-Object { [System.Net.IPAddress]::Parse($_).IPAddressToString } | Select-Object -Unique)
    $keep = @($found | Where-Object { $wanted -contains $_ })
    $add = @($wanted | Where-Object { $found -notcontains $_ })
    $replace = @($records | Where-Object { $keep -notcontains (Get-RecordAddress $_) })
    if ($add.Count -eq 0 -and $replace.Count -eq 0) {
        if ($found.Count -gt 0) {
            Write-Output ('{0} {1}: is at {2}' -f $Fqdn, $Type, ($found -join ', '))
        }
        return
    }
    if (-not $PSCmdlet.ShouldProcess($Fqdn, ('Change {0} from {1} to {2}' -f $Type, ($found -join ', '), ($wanted -join ', ')))) {
        return
    }
    # A record is changed by a second copy of it: assigning one object twice clones nothing.
    $copies = @(Get-HostRecord -Zone $Zone -Name $Name -Type $Type)
    for ($index = 0; $index -lt $replace.Count; $index++) {
        $record = $replace[$index]
        if ($index -ge $add.Count) {
            Remove-DnsServerResourceRecord -ComputerName $DnsServer -ZoneName $Zone -InputObject $record -Force -ErrorAction Stop
            continue
        }
        $old = Get-RecordAddress $record
        $copy = $copies | Where-Object { (Get-RecordAddress $_) -eq $old } | Select-Object -First 1
        if ($Type -eq 'A') {
            $copy.RecordData.IPv4Address = [System.Net.IPAddress]::Parse($add[$index])
        } else {
            $copy.RecordData.IPv6Address = [System.Net.IPAddress]::Parse($add[$index])
        }
        $copy.TimeToLive = $Lifetime
        Set-DnsServerResourceRecord -ComputerName $DnsServer -ZoneName $Zone -OldInputObject $record `
            -NewInputObject $copy -ErrorAction Stop
    }
    for ($index = $replace.Count; $index -lt $add.Count; $index++) {
        if ($Type -eq 'A') {
            Add-DnsServerResourceRecordA -ComputerName $DnsServer -ZoneName $Zone -Name $Name `
                -IPv4Address $add[$index] -TimeToLive $Lifetime -ErrorAction Stop
        } else {
            Add-DnsServerResourceRecordAAAA -ComputerName $DnsServer -ZoneName $Zone -Name $Name `
                -IPv6Address $add[$index] -TimeToLive $Lifetime -ErrorAction Stop
        }
    }
    Write-Output ('{0} {1}: {2} -> {3}' -f $Fqdn, $Type, ($found -join ', '), ($wanted -join ', '))
}

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

Move-HostName -Fqdn 'um1.contoso.com' -Zone 'contoso.com' -Name 'um1' -StandIn 'um3.contoso.com' -IPv4Address @() -IPv6Address @()
Move-HostName -Fqdn 'um2.contoso.com' -Zone 'contoso.com' -Name 'um2' -StandIn 'um4.contoso.com' -IPv4Address @() -IPv6Address @()
