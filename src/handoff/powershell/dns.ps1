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

