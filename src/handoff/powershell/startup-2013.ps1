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

