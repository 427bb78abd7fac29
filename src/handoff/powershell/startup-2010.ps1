# Returns $true if the UM service starts in this mode.
function Test-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    return [string] (Get-UMServer -Identity $Server -ErrorAction Stop).UMStartupMode -eq $Mode
}

# Sets the startup mode of the UM service.
function Set-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    Set-UMServer -Identity $Server -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference
}

