$recorded = @()
if (Test-Path -LiteralPath $recordFile) {
    $recorded = @(Import-Csv -LiteralPath $recordFile)
}

# Records the addresses and the lifetime (TTL) of a name, and lowers the lifetime to five minutes. A name that is in the
# file is not recorded again, because its lifetime may have been lowered.
function Add-HostRecord {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn,
        [string] $Zone,
        [string] $Name
    )
    $isFound = $false
    foreach ($type in @('A', 'AAAA')) {
        $records = @(Get-HostRecord -Zone $Zone -Name $Name -Type $type)
        if ($records.Count -gt 0) {
            $isFound = $true
        }
        $known = @($script:recorded | Where-Object { $_.Fqdn -eq $Fqdn -and $_.Type -eq $type } | ForEach-Object { $_.Address })
        foreach ($record in $records) {
            $address = Get-RecordAddress $record
            if ($known.Count -eq 0) {
                $script:recorded += New-Object -TypeName PSObject -Property @{
                    Fqdn = $Fqdn
                    Type = $type
                    Address = $address
                    TimeToLive = $record.TimeToLive.ToString()
                }
            } elseif ($known -notcontains $address) {
                Write-Warning ('{0} {1} is at {2} now; {3} has {4}. If the server moved, delete its lines from the file and run this script again.' -f
                    $Fqdn, $type, $address, $recordFile, ($known -join ', '))
            }
        }
        # A record is changed by a second copy of it: assigning one object twice clones nothing.
        $copies = @(Get-HostRecord -Zone $Zone -Name $Name -Type $type)
        foreach ($record in $records) {
            $address = Get-RecordAddress $record
            $copy = $copies | Where-Object { (Get-RecordAddress $_) -eq $address } | Select-Object -First 1
            if ($copy.TimeToLive -le $lifetime) {
                Write-Output ('{0} {1} {2}: the lifetime is {3}' -f $Fqdn, $type, $address, $copy.TimeToLive)
                continue
            }
            if ($PSCmdlet.ShouldProcess($Fqdn, ('Lower the lifetime of {0} {1} to {2}' -f $type, $address, $lifetime))) {
                $copy.TimeToLive = $lifetime
                Set-DnsServerResourceRecord -ComputerName $DnsServer -ZoneName $Zone -OldInputObject $record `
                    -NewInputObject $copy -ErrorAction Stop
                Write-Output ('{0} {1} {2}: the lifetime is now {3}' -f $Fqdn, $type, $address, $lifetime)
            }
        }
    }
    if (-not $isFound) {
        Write-Warning ('{0} has no A or AAAA record in the zone {1} on {2}' -f $Fqdn, $Zone, $DnsServer)
    }
}

$lifetime = [System.TimeSpan]::FromMinutes(5)
