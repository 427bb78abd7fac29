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
    $changed = Set-StartupMode -Server $Server -Fqdn $Fqdn -Mode $StartupMode `
        -ExchangeService $ExchangeService
    $certificate = Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint
    if (-not $certificate) {
        Import-UmCertificate -Server $Server -Path (Join-Path -Path $folder -ChildPath $File)
        if ($WhatIfPreference) {
            Write-Output ('{0}: the import is followed by the assignment to {1}' -f $Fqdn, ($ExchangeService -join ', '))
            return
        }
        $certificate = Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint
        if (-not $certificate) {
            throw ('{0}: the certificate {1} is not in the store after its import' -f $Fqdn, $Thumbprint)
        }
    }
    $assigned = ([string] $certificate.Services) -split ',\s*'
    if (@($ExchangeService | Where-Object { $assigned -notcontains $_ }).Count -gt 0) {
        Enable-UmCertificate -Server $Server -Thumbprint $Thumbprint -ExchangeService $ExchangeService
        $changed = $true
    }
    if ($changed -and $PSCmdlet.ShouldProcess($Fqdn, ('Restart {0}' -f ($WindowsService -join ', ')))) {
        Get-Service -ComputerName $Fqdn -Name $WindowsService | Restart-Service
    }
    Get-InstalledCertificate -Server $Server -Thumbprint $Thumbprint |
        Format-List -Property Thumbprint, Services, Subject, CertificateDomains, NotAfter, Status
}

