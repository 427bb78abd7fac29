# Sets the startup mode of the UM service. Returns $true if the mode changed.
function Set-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    if ([string] (Get-UMServer -Identity $Server -ErrorAction Stop).UMStartupMode -eq $Mode) {
        return $false
    }
    Set-UMServer -Identity $Server -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
    return $true
}

