$password = $null

# Copies a certificate with its private key to another server of its set. The password protects the key on the way.
function Copy-UmCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $From,
        [string] $To,
        [string] $Thumbprint
    )
    if (Get-InstalledCertificate -Server $To -Thumbprint $Thumbprint) {
        Write-Output ('{0}: the certificate {1} is in the store' -f $To, $Thumbprint)
        return
    }
    if (-not $PSCmdlet.ShouldProcess($To, ('Copy the certificate {0} and its key from {1}' -f $Thumbprint, $From))) {
        return
    }
    if (-not $script:password) {
        $script:password = Read-Host -Prompt 'Password for the transfer of the private key' -AsSecureString
    }
    $exported = Export-ExchangeCertificate -Server $From -Thumbprint $Thumbprint -BinaryEncoded:$true `
        -Password $script:password -ErrorAction Stop -WhatIf:$WhatIfPreference
    Import-ExchangeCertificate -Server $To -FileData ([byte[]] $exported.FileData) -Password $script:password `
        -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
    Write-Change ('{0}: copied the certificate {1} from {2}' -f $To, $Thumbprint, $From)
}

