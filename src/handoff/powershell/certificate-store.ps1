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

