function Test-Member($Settings, [string] $DialPlan) {
    return @($Settings.DialPlans | ForEach-Object { [string] $_ }) -contains $DialPlan
}

# Adds a server to the dial plan, or removes it: its UM service and its Call Router.
function Set-Membership {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsMember
    )
    $change = @{Remove = $DialPlan}
    if ($IsMember) {
        $change = @{Add = $DialPlan}
    }
    if ($ExchangeService -contains 'UM') {
        $settings = Get-UMService -Identity $Server -ErrorAction Stop
        if ((Test-Member $settings $DialPlan) -ne $IsMember) {
            Set-UMService -Identity $Server -DialPlans $change -ErrorAction Stop -WhatIf:$WhatIfPreference
        }
    }
    if ($ExchangeService -contains 'UMCallRouter') {
        $settings = Get-UMCallRouterSettings -Server $Fqdn -ErrorAction Stop
        if ((Test-Member $settings $DialPlan) -ne $IsMember) {
            Set-UMCallRouterSettings -Server $Fqdn -DialPlans $change -ErrorAction Stop -WhatIf:$WhatIfPreference
        }
    }
    Write-Output ('{0}: member of {1}: {2}' -f $Server, $DialPlan, $IsMember)
}

