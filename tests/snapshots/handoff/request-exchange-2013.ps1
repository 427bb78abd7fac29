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

Request-UmCertificate -Server 'UM1' -Fqdn 'um1.contoso.com' -DomainName @('um1.contoso.com', 'um2.contoso.com', 'um3.contoso.com', 'um4.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM1'
Request-UmCertificate -Server 'UM2' -Fqdn 'um2.contoso.com' -DomainName @('um2.contoso.com', 'um1.contoso.com', 'um3.contoso.com', 'um4.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM2'
Request-UmCertificate -Server 'UM3' -Fqdn 'um3.contoso.com' -DomainName @('um3.contoso.com', 'um1.contoso.com', 'um2.contoso.com', 'um4.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM3'
Request-UmCertificate -Server 'UM4' -Fqdn 'um4.contoso.com' -DomainName @('um4.contoso.com', 'um1.contoso.com', 'um2.contoso.com', 'um3.contoso.com') -KeySize 2048 -Exportable $false -FriendlyName 'UM 2026-11 UM4'
