# Creates the request of a Front End on the Front End itself. The shell takes every name from the topology: the pool,
# the server, sip.<domain> and the simple URLs. Names in a script would go out of date.
function Request-FrontEndCertificate {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Fqdn,
        [string] $FriendlyName,
        [int] $KeySize
    )
    if ($computer -ne $Fqdn) {
        Write-Output ('{0}: skipped; run this script on {0}' -f $Fqdn)
        return
    }
    $file = Join-Path -Path $folder -ChildPath ('{0}.req' -f $Fqdn)
    if (Test-Path -LiteralPath $file) {
        Write-Output ('{0}: the request exists: {1}' -f $Fqdn, $file)
        return
    }
    Request-CsCertificate -New -Type $usages -Output $file -FriendlyName $FriendlyName -KeySize $KeySize `
        -ErrorAction Stop -WhatIf:$WhatIfPreference
    Write-Change ('{0}: wrote the request {1}' -f $Fqdn, $file)
}

