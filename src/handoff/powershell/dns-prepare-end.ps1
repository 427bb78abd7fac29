if ($PSCmdlet.ShouldProcess($recordFile, 'Write the addresses and lifetimes')) {
    $recorded | Select-Object -Property Fqdn, Type, Address, TimeToLive |
        Export-Csv -LiteralPath $recordFile -NoTypeInformation -Encoding UTF8
    Write-Output ('Wrote {0}. Keep it where the outage cannot reach it.' -f $recordFile)
}
