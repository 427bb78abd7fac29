# Read this script before you run it, and rehearse it with -WhatIf. It can run again: steps that are done are skipped.
#Requires -Version 2.0
[CmdletBinding(SupportsShouldProcess = $true)]
param()
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name 'Enable-ExchangeCertificate' -ErrorAction SilentlyContinue)) {
    throw 'Run this script in the Exchange Management Shell.'
}
$folder = Split-Path -Parent -Path $MyInvocation.MyCommand.Path
# Exchange's cmdlets do not see the preferences of a script, so each gets -ErrorAction and -WhatIf.

# Prints a change that was made. In a rehearsal there is none: the cmdlets print what they would do.
function Write-Change([string] $Text) {
    if (-not $WhatIfPreference) {
        Write-Output $Text
    }
}

