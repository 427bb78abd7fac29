# Imports what the CA returned for a Front End, FQDN.cer beside this script, and assigns it.
function Install-FrontEndCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn
    )
    if ($computer -ne $Fqdn) {
        Write-Output ('{0}: skipped; run this script on {0}' -f $Fqdn)
        return
    }
    $file = Join-Path -Path $folder -ChildPath ('{0}.cer' -f $Fqdn)
    $certificate = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $file
    $assigned = @(Get-CsCertificate | Where-Object { $_.Thumbprint -eq $certificate.Thumbprint } | ForEach-Object { [string] $_.Use })
    $missing = @($usages | Where-Object { $assigned -notcontains $_ })
    if ($missing.Count -eq 0) {
        Write-Output ('{0}: the certificate {1} is assigned' -f $Fqdn, $certificate.Thumbprint)
        return
    }
    Import-CsCertificate -Path $file -ErrorAction Stop -WhatIf:$WhatIfPreference
    Set-CsCertificate -Type $missing -Thumbprint $certificate.Thumbprint -ErrorAction Stop -WhatIf:$WhatIfPreference
    # The Front End service reads its certificate and its list of UM servers when it starts.
    if ($PSCmdlet.ShouldProcess($Fqdn, 'Restart the Front End service')) {
        Stop-CsWindowsService -Name RTCSRV -ErrorAction Stop
        Start-CsWindowsService -Name RTCSRV -ErrorAction Stop
    }
    Get-CsCertificate | Format-List -Property Use, Thumbprint, Subject, AlternativeNames, NotAfter
}

