# Sets the startup mode of the UM service and of the Call Router. Returns $true if a mode changed.
function Set-StartupMode([string] $Server, [string] $Fqdn, [string] $Mode, [string[]] $ExchangeService) {
    $changed = $false
    if ($ExchangeService -contains 'UM' -and
        [string] (Get-UMService -Identity $Server -ErrorAction Stop).UMStartupMode -ne $Mode) {
        Set-UMService -Identity $Server -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
        $changed = $true
    }
    if ($ExchangeService -contains 'UMCallRouter' -and
        [string] (Get-UMCallRouterSettings -Server $Fqdn -ErrorAction Stop).UMStartupMode -ne $Mode) {
        Set-UMCallRouterSettings -Server $Fqdn -UMStartupMode $Mode -ErrorAction Stop -WhatIf:$WhatIfPreference | Out-Null
        $changed = $true
    }
    return $changed
}

