# Sets the state of the component UMCallRouter. The directory is enough for a server that is out (-RemoteOnly).
function Set-CallRouterState([string] $Server, [string] $State, [string[]] $ExchangeService, [bool] $IsOut) {
    if ($ExchangeService -notcontains 'UMCallRouter') {
        Write-Output ('{0}: has no Call Router; nothing to do' -f $Server)
        return
    }
    if (-not $IsOut) {
        $current = [string] (Get-ServerComponentState -Identity $Server -Component UMCallRouter -ErrorAction Stop).State
        if ($current -eq $State) {
            Write-Output ('{0}: UMCallRouter is {1}' -f $Server, $State)
            return
        }
    }
    Set-ServerComponentState -Identity $Server -Component UMCallRouter -State $State -Requester Maintenance `
        -RemoteOnly:$IsOut -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Output ('{0}: UMCallRouter set to {1}' -f $Server, $State)
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

