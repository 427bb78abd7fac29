# Copies a certificate with its private key to another server of its set, by a file that a password protects. Run this
# script on the server that has the key, then copy its folder to the other server and run it there. Delete the file
# once every server has the certificate.
function Copy-UmCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $From,
        [string] $To,
        [string] $Thumbprint
    )
    $file = Join-Path -Path $folder -ChildPath ('{0}.pfx' -f $Thumbprint)
    if ((Test-Manageable -Server $From) -and -not (Test-Path -LiteralPath $file)) {
        if ($PSCmdlet.ShouldProcess($file, 'Export the certificate and its key')) {
            $password = Read-Host -Prompt 'Password for the transfer of the private key' -AsSecureString
            Export-ExchangeCertificate -Thumbprint $Thumbprint -BinaryEncoded:$true -Path $file -Password $password `
                -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
            Write-Change ('{0}: wrote {1}' -f $From, $file)
        }
        return
    }
    if (-not (Test-Manageable -Server $To)) {
        return
    }
    if (Get-InstalledCertificate -Server $To -Thumbprint $Thumbprint) {
        Write-Output ('{0}: the certificate {1} is in the store' -f $To, $Thumbprint)
        return
    }
    if (-not (Test-Path -LiteralPath $file)) {
        throw ('{0}: {1} is missing. Run this script on {2} first, and copy the file.' -f $To, $file, $From)
    }
    if ($PSCmdlet.ShouldProcess($To, ('Import the certificate and its key from {0}' -f $file))) {
        $password = Read-Host -Prompt 'Password for the transfer of the private key' -AsSecureString
        Import-ExchangeCertificate -Path $file -Password $password -ErrorAction Stop `
            -WhatIf:$WhatIfPreference | Out-Null
        Write-Change ('{0}: imported {1}' -f $To, $file)
    }
}

