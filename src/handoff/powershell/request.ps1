# Creates a private key on the server, and a request for its certificate.
function Request-UmCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Server,
        [string] $Fqdn,
        [string[]] $DomainName,
        [int] $KeySize,
        [bool] $Exportable,
        [string] $FriendlyName
    )
    $file = Join-Path -Path $folder -ChildPath ('{0}.req' -f $Fqdn)
    if (Test-Path -LiteralPath $file) {
        Write-Output ('{0}: the request exists: {1}' -f $Fqdn, $file)
        return
    }
    $text = New-ExchangeCertificate -GenerateRequest -Server $Server -SubjectName ('CN={0}' -f $Fqdn) `
        -DomainName $DomainName -KeySize $KeySize -PrivateKeyExportable $Exportable -FriendlyName $FriendlyName `
        -ErrorAction Stop -WhatIf:$WhatIfPreference
    if ($PSCmdlet.ShouldProcess($file, 'Write the request')) {
        [System.IO.File]::WriteAllText($file, ($text -join "`r`n"), [System.Text.Encoding]::ASCII)
        Write-Output ('{0}: wrote the request {1}' -f $Fqdn, $file)
    }
}

