# Read this script before you run it, and rehearse it with -WhatIf. It can run again: steps that are done are skipped.
#Requires -Version 2.0
[CmdletBinding(SupportsShouldProcess = $true)]
param()
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name 'Request-CsCertificate' -ErrorAction SilentlyContinue)) {
    throw 'Run this script in the Lync Server (or Skype for Business Server) Management Shell.'
}
$folder = Split-Path -Parent -Path $MyInvocation.MyCommand.Path
$computer = [System.Net.Dns]::GetHostEntry('').HostName
$usages = @('Default', 'WebServicesInternal', 'WebServicesExternal')

# Prints a change that was made. In a rehearsal there is none: the cmdlets print what they would do.
function Write-Change([string] $Text) {
    if (-not $WhatIfPreference) {
        Write-Output $Text
    }
}

