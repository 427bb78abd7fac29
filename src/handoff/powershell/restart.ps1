# A file beside this script notes that a server needs a restart, so that a second run makes up for one that failed.
function Get-RestartNote([string] $Fqdn) {
    return Join-Path -Path $folder -ChildPath ('{0}.restart' -f $Fqdn)
}

function Add-RestartNote([string] $Fqdn) {
    if (-not $WhatIfPreference) {
        Set-Content -LiteralPath (Get-RestartNote -Fqdn $Fqdn) -Value 'The services must be restarted.'
    }
}

