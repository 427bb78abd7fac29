# Adds a server to the dial plan, or removes it. A list replaces the dial plans of a server, so it is read first.
function Set-Membership {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsMember
    )
    $dialPlans = @((Get-UMServer -Identity $Server -ErrorAction Stop).DialPlans | ForEach-Object { ([string] $_ -split '/')[-1] })
    if (($dialPlans -contains $DialPlan) -eq $IsMember) {
        Write-Output ('{0}: member of {1}: is {2}' -f $Server, $DialPlan, $IsMember)
        return
    }
    $changed = @($dialPlans | Where-Object { $_ -and $_ -ne $DialPlan })
    if ($IsMember) {
        $changed += $DialPlan
    }
    if ($changed.Count -eq 0) {
        $changed = $null
    }
    Set-UMServer -Identity $Server -DialPlans $changed -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: member of {1}: set to {2}' -f $Server, $DialPlan, $IsMember)
}

