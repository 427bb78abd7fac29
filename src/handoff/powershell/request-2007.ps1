# Creates a private key, and a request for its certificate. Exchange 2007 does this only on the server itself.
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
    if (-not (Test-Manageable -Server $Server)) {
        Write-Output ('{0}: skipped; run this script on {1}' -f $Fqdn, $Server)
        return
    }
    $file = Join-Path -Path $folder -ChildPath ('{0}.req' -f $Fqdn)
    if (Test-Path -LiteralPath $file) {
        Write-Output ('{0}: the request exists: {1}' -f $Fqdn, $file)
        return
    }
    New-ExchangeCertificate -GenerateRequest -SubjectName ('CN={0}' -f $Fqdn) -DomainName $DomainName `
        -KeySize $KeySize -PrivateKeyExportable:$Exportable -FriendlyName $FriendlyName -Path $file `
        -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: wrote the request {1}' -f $Fqdn, $file)
}

