function Get-CallRouterState([string] $Server) {
    return [string] (Get-ServerComponentState -Identity $Server -Component UMCallRouter -ErrorAction Stop).State
}

# Sets the state of the component UMCallRouter. The directory is enough for a server that is out (-RemoteOnly).
function Set-CallRouterState([string] $Server, [string] $State, [string[]] $ExchangeService, [bool] $IsOut) {
    if ($ExchangeService -notcontains 'UMCallRouter') {
        Write-Output ('{0}: has no Call Router; nothing to do' -f $Server)
        return
    }
    # Any requester's Inactive wins. So Active means that no requester holds the component, but Inactive does not mean
    # that this requester does: it is set again.
    if ($State -eq 'Active' -and -not $IsOut -and (Get-CallRouterState -Server $Server) -eq 'Active') {
        Write-Output ('{0}: UMCallRouter is Active' -f $Server)
        return
    }
    Set-ServerComponentState -Identity $Server -Component UMCallRouter -State $State -Requester Maintenance `
        -RemoteOnly:$IsOut -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: UMCallRouter set to {1}' -f $Server, $State)
    if ($IsOut -or $WhatIfPreference) {
        return
    }
    $effective = Get-CallRouterState -Server $Server
    if ($effective -ne $State) {
        Write-Warning ('{0}: UMCallRouter is still {1}: see the requesters in LocalStates and RemoteStates' -f $Server, $effective)
    }
}

# The server stays a member of the dial plan, because outbound calls need that.
function Enable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    Set-CallRouterState -Server $Server -State 'Active' -ExchangeService $ExchangeService -IsOut $IsOut
}

function Disable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    Set-CallRouterState -Server $Server -State 'Inactive' -ExchangeService $ExchangeService -IsOut $IsOut
}

