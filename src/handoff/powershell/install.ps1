# Imports a certificate, assigns it to UM, and restarts UM if anything changed. Calls in progress drop at the restart.
function Install-UmCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $File,
        [string] $Thumbprint,
        [string] $StartupMode,
        [string[]] $ExchangeService,
        [string[]] $WindowsService
    )
    if (-not (Test-Manageable -Server $Server)) {
        Write-Output ('{0}: skipped; run this script on {1}' -f $Fqdn, $Server)
        return
    }
    # UM accepts a certificate only if its startup mode is TLS or Dual, so the mode comes first.
    $changed = -not (Test-StartupMode -Server $Server -Fqdn $Fqdn -Mode $StartupMode -ExchangeService $ExchangeService)
    if ($changed) {
        Set-StartupMode -Server $Server -Fqdn $Fqdn -Mode $StartupMode -ExchangeService $ExchangeService
        Add-RestartNote -Fqdn $Fqdn
        Write-Change ('{0}: startup mode set to {1}' -f $Fqdn, $StartupMode)
    }
    $certificate = Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint
    if (-not $certificate) {
        Import-UmCertificate -Server $Server -Path (Join-Path -Path $folder -ChildPath $File)
        if ($WhatIfPreference) {
            Write-Output ('{0}: the import is followed by the assignment to {1} and a restart of {2}' -f
                $Fqdn, ($ExchangeService -join ', '), ($WindowsService -join ', '))
            return
        }
        Write-Change ('{0}: imported {1}' -f $Fqdn, $File)
        $certificate = Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint
        if (-not $certificate) {
            throw ('{0}: the certificate {1} is not in the store after its import' -f $Fqdn, $Thumbprint)
        }
    }
    $assigned = @(([string] $certificate.Services) -split ',\s*')
    if (@($ExchangeService | Where-Object { $assigned -notcontains $_ }).Count -gt 0) {
        Enable-UmCertificate -Server $Server -Thumbprint $Thumbprint -ExchangeService $ExchangeService
        Add-RestartNote -Fqdn $Fqdn
        Write-Change ('{0}: assigned {1} to {2}' -f $Fqdn, $Thumbprint, ($ExchangeService -join ', '))
        $changed = $true
    }
    $note = Get-RestartNote -Fqdn $Fqdn
    if ($changed -or (Test-Path -LiteralPath $note)) {
        if ($PSCmdlet.ShouldProcess($Fqdn, ('Restart {0}' -f ($WindowsService -join ', ')))) {
            Get-Service -ComputerName $Fqdn -Name $WindowsService | Restart-Service
            Remove-Item -LiteralPath $note
            Write-Output ('{0}: restarted {1}' -f $Fqdn, ($WindowsService -join ', '))
        }
    }
    Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint |
        Format-List -Property Thumbprint, Services, Subject, CertificateDomains, NotAfter, Status
}

