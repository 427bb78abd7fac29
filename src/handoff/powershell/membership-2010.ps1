# Adds a server to the dial plan, or removes it. A list replaces the dial plans of a server, so it is read first.
function Set-Membership {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsMember
    )
    $current = @((Get-UMServer -Identity $Server -ErrorAction Stop).DialPlans | ForEach-Object { [string] $_ })
    if (($current -contains $DialPlan) -ne $IsMember) {
        $changed = @($current | Where-Object { $_ -ne $DialPlan })
        if ($IsMember) {
            $changed += $DialPlan
        }
        Set-UMServer -Identity $Server -DialPlans $changed -ErrorAction Stop -WhatIf:$WhatIfPreference
    }
    Write-Output ('{0}: member of {1}: {2}' -f $Server, $DialPlan, $IsMember)
}

