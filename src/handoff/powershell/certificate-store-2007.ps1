# Exchange 2007 manages certificates only on the server itself.
function Test-Manageable([string] $Server) {
    return $env:COMPUTERNAME -eq $Server
}

function Get-InstalledCertificate([string] $Server, [string] $Thumbprint) {
    Get-ExchangeCertificate -ErrorAction Stop | Where-Object { $_.Thumbprint -eq $Thumbprint }
}

function Import-UmCertificate([string] $Server, [string] $Path) {
    Import-ExchangeCertificate -Path $Path -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
}

function Enable-UmCertificate([string] $Server, [string] $Thumbprint, [string[]] $ExchangeService) {
    Enable-ExchangeCertificate -Thumbprint $Thumbprint -Services $ExchangeService `
        -ErrorAction Stop -WhatIf:$WhatIfPreference
}

