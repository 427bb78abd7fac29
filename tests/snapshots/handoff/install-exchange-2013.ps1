# Read this script before you run it, and rehearse it with -WhatIf. It can run again: steps that are done are skipped.
#Requires -Version 2.0
[CmdletBinding(SupportsShouldProcess = $true)]
param()
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name 'Enable-ExchangeCertificate' -ErrorAction SilentlyContinue)) {
    throw 'Run this script in the Exchange Management Shell.'
}
$folder = Split-Path -Parent -Path $MyInvocation.MyCommand.Path
# Exchange's cmdlets do not see the preferences of a script, so each gets -ErrorAction and -WhatIf.

# Prints a change that was made. In a rehearsal there is none: the cmdlets print what they would do.
function Write-Change([string] $Text) {
    if (-not $WhatIfPreference) {
        Write-Output $Text
    }
}

function Test-Manageable([string] $Server) {
    return $true
}

function Get-InstalledCertificate([string] $Server, [string] $Thumbprint) {
    Get-ExchangeCertificate -Server $Server -ErrorAction Stop | Where-Object { $_.Thumbprint -eq $Thumbprint }
}

function Import-UmCertificate([string] $Server, [string] $Path) {
    $bytes = [byte[]] (Get-Content -LiteralPath $Path -Encoding Byte -ReadCount 0)
    Import-ExchangeCertificate -Server $Server -FileData $bytes -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
}

function Enable-UmCertificate([string] $Server, [string] $Thumbprint, [string[]] $ExchangeService) {
    Enable-ExchangeCertificate -Server $Server -Thumbprint $Thumbprint -Services $ExchangeService `
        -ErrorAction Stop -WhatIf:$WhatIfPreference
}

# Returns $true if the UM service and the Call Router start in this mode, as far as the server has them.
function Test-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    if ($ExchangeService -contains 'UM' -and
        [string] (Get-UMService -Identity $Server -ErrorAction Stop).UMStartupMode -ne $Mode) {
        return $false
    }
    if ($ExchangeService -contains 'UMCallRouter' -and
        [string] (Get-UMCallRouterSettings -Server $Fqdn -ErrorAction Stop).UMStartupMode -ne $Mode) {
        return $false
    }
    return $true
}

# Sets the startup mode of the UM service and of the Call Router.
function Set-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    if ($ExchangeService -contains 'UM') {
        Set-UMService -Identity $Server -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference
    }
    if ($ExchangeService -contains 'UMCallRouter') {
        Set-UMCallRouterSettings -Server $Fqdn -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference
    }
}

# A file beside this script notes that a server needs a restart, so that a second run makes up for one that failed.
function Get-RestartNote([string] $Fqdn) {
    return Join-Path -Path $folder -ChildPath ('{0}.restart' -f $Fqdn)
}

function Add-RestartNote([string] $Fqdn) {
    if (-not $WhatIfPreference) {
        Set-Content -LiteralPath (Get-RestartNote -Fqdn $Fqdn) -Value 'The services must be restarted.'
    }
}

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

Install-UmCertificate -Server 'UM1' -Fqdn 'um1.contoso.com' -File 'um1.contoso.com.p7b' -Thumbprint '[SHA-1]' -StartupMode 'Dual' -ExchangeService @('UM', 'UMCallRouter') -WindowsService @('MSExchangeUM', 'MSExchangeUMCR')
Install-UmCertificate -Server 'UM2' -Fqdn 'um2.contoso.com' -File 'um2.contoso.com.p7b' -Thumbprint '[SHA-1]' -StartupMode 'Dual' -ExchangeService @('UM', 'UMCallRouter') -WindowsService @('MSExchangeUM', 'MSExchangeUMCR')
Install-UmCertificate -Server 'UM3' -Fqdn 'um3.contoso.com' -File 'um3.contoso.com.p7b' -Thumbprint '[SHA-1]' -StartupMode 'Dual' -ExchangeService @('UM', 'UMCallRouter') -WindowsService @('MSExchangeUM', 'MSExchangeUMCR')
Install-UmCertificate -Server 'UM4' -Fqdn 'um4.contoso.com' -File 'um4.contoso.com.p7b' -Thumbprint '[SHA-1]' -StartupMode 'Dual' -ExchangeService @('UM', 'UMCallRouter') -WindowsService @('MSExchangeUM', 'MSExchangeUMCR')
