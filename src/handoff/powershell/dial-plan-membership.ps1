function Enable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    Set-Membership -Server $Server -Fqdn $Fqdn -DialPlan $DialPlan -ExchangeService $ExchangeService -IsMember $true
}

# The outbound calls of the server (play on phone) fail until it is a member again.
function Disable-Member {
    param(
        [string] $Server,
        [string] $Fqdn,
        [string] $DialPlan,
        [string[]] $ExchangeService,
        [bool] $IsOut
    )
    Set-Membership -Server $Server -Fqdn $Fqdn -DialPlan $DialPlan -ExchangeService $ExchangeService -IsMember $false
}

