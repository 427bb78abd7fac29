# Enables a server for calls.
function Enable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    if ([string] (Get-UMServer -Identity $Server -ErrorAction Stop).Status -eq 'Enabled') {
        Write-Output ('{0}: is enabled' -f $Server)
        return
    }
    Enable-UMServer -Identity $Server -Confirm:$false -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: enabled' -f $Server)
}

# Disables a server for calls. Calls in progress end on their own.
function Disable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    $status = [string] (Get-UMServer -Identity $Server -ErrorAction Stop).Status
    if ($status -ne 'Enabled') {
        Write-Output ('{0}: is {1}' -f $Server, $status)
        return
    }
    Disable-UMServer -Identity $Server -Immediate $false -Confirm:$false -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: disabled' -f $Server)
}

