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
    foreach ($type in @('A', 'AAAA')) {
        $records = @(Get-HostRecord -Zone $Zone -Name $Name -Type $type)
        if (-not ($script:recorded | Where-Object { $_.Fqdn -eq $Fqdn -and $_.Type -eq $type })) {
            foreach ($record in $records) {
                $script:recorded += New-Object -TypeName PSObject -Property @{
                    Fqdn = $Fqdn
                    Type = $type
                    Address = Get-RecordAddress $record
                    TimeToLive = $record.TimeToLive.ToString()
                }
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
            $copy.TimeToLive = $lifetime
            if ($PSCmdlet.ShouldProcess($Fqdn, ('Lower the lifetime of {0} {1} to {2}' -f $type, $address, $lifetime))) {
                Set-DnsServerResourceRecord -ComputerName $DnsServer -ZoneName $Zone -OldInputObject $record `
                    -NewInputObject $copy
                Write-Output ('{0} {1} {2}: the lifetime is now {3}' -f $Fqdn, $type, $address, $lifetime)
            }
        }
    }
}

$lifetime = [System.TimeSpan]::FromMinutes(5)
