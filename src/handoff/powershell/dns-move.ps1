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

