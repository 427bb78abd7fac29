function Test-Member($Settings, [string] $DialPlan) {
    return @($Settings.DialPlans | ForEach-Object { ([string] $_ -split '/')[-1] }) -contains $DialPlan
}

# Adds a server to the dial plan, or removes it: its UM service and its Call Router.
# The outbound calls (play on phone) of a server that is no member fail.
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
    $isChanged = $false
    if ($ExchangeService -contains 'UM') {
        $settings = Get-UMService -Identity $Server -ErrorAction Stop
        if ((Test-Member $settings $DialPlan) -ne $IsMember) {
            Set-UMService -Identity $Server -DialPlans $change -ErrorAction Stop -WhatIf:$WhatIfPreference
            $isChanged = $true
        }
    }
    if ($ExchangeService -contains 'UMCallRouter') {
        $settings = Get-UMCallRouterSettings -Server $Fqdn -ErrorAction Stop
        if ((Test-Member $settings $DialPlan) -ne $IsMember) {
            Set-UMCallRouterSettings -Server $Fqdn -DialPlans $change -ErrorAction Stop -WhatIf:$WhatIfPreference
            $isChanged = $true
        }
    }
    if ($isChanged) {
        Write-Change ('{0}: member of {1}: set to {2}' -f $Server, $DialPlan, $IsMember)
    } else {
        Write-Output ('{0}: member of {1}: is {2}' -f $Server, $DialPlan, $IsMember)
    }
}

