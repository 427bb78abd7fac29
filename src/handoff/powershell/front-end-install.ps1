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
    $assigned = @(Get-CsCertificate -ErrorAction Stop | Where-Object { $_.Thumbprint -eq $certificate.Thumbprint } | ForEach-Object { [string] $_.Use })
    $missing = @($usages | Where-Object { $assigned -notcontains $_ })
    $note = Get-RestartNote -Fqdn $Fqdn
    if ($missing.Count -gt 0) {
        Import-CsCertificate -Path $file -ErrorAction Stop -WhatIf:$WhatIfPreference
        if ($WhatIfPreference) {
            Write-Output ('{0}: the import is followed by the assignment to {1} and a restart of RTCSRV' -f
                $Fqdn, ($missing -join ', '))
            return
        }
        Set-CsCertificate -Type $missing -Thumbprint $certificate.Thumbprint -ErrorAction Stop -WhatIf:$WhatIfPreference
        Add-RestartNote -Fqdn $Fqdn
        Write-Change ('{0}: assigned {1} to {2}' -f $Fqdn, $certificate.Thumbprint, ($missing -join ', '))
    } elseif (-not (Test-Path -LiteralPath $note)) {
        Write-Output ('{0}: the certificate {1} is assigned' -f $Fqdn, $certificate.Thumbprint)
        return
    }
    # The Front End service reads its certificate and its list of UM servers when it starts.
    if ($PSCmdlet.ShouldProcess($Fqdn, 'Restart the Front End service')) {
        Stop-CsWindowsService -Name RTCSRV -ErrorAction Stop
        Start-CsWindowsService -Name RTCSRV -ErrorAction Stop
        Remove-Item -LiteralPath $note
        Write-Output ('{0}: restarted RTCSRV' -f $Fqdn)
    }
    Get-CsCertificate -ErrorAction Stop | Format-List -Property Use, Thumbprint, Subject, AlternativeNames, NotAfter
}

