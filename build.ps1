#!/usr/bin/env pwsh
# The tasks of this repository. PowerShell 7; written with the language, .NET and native commands only, no cmdlets, so that the
# bare engine runs it too (the tests do). Ends with the exit code of the first command that fails.
param(
    [ValidateSet('help', 'restore', 'build', 'test', 'format', 'bench', 'publish')]
    [string] $Task = 'help',

    # Says what would be run, and runs nothing.
    [switch] $Dry,

    # For publish: the platforms to build for.
    [string[]] $Runtime = @('linux-x64', 'linux-arm64', 'win-x64', 'osx-arm64')
)

$ErrorActionPreference = 'Stop'
$tasks = [ordered]@{
    help    = 'this text'
    restore = 'fetch the packages, exactly those of the lock files'
    build   = 'compile everything; warnings are errors'
    test    = 'build, then run all tests'
    format  = 'check that the files are formatted; dotnet format mends them'
    bench   = 'ten seconds of direct messages against a server of its own'
    publish = 'one self-contained file for each platform, in artifacts/'
}

function Run([string[]] $Words) {
    "> $([string]::Join(' ', $Words))"
    if ($Dry) { return }
    $program, $rest = $Words
    & $program @rest
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

[System.IO.Directory]::SetCurrentDirectory($PSScriptRoot)
$solution = [System.IO.Path]::Combine($PSScriptRoot, 'ChatServer.sln')
$server = [System.IO.Path]::Combine($PSScriptRoot, 'ChatServer')
$bench = [System.IO.Path]::Combine($PSScriptRoot, 'ChatServer.Bench')

switch ($Task) {
    'help' {
        'build.ps1 TASK [-Dry] [-Runtime NAME,...]'
        foreach ($entry in $tasks.GetEnumerator()) { '  ' + $entry.Key.PadRight(9) + $entry.Value }
    }
    'restore' { Run @('dotnet', 'restore', $solution, '--locked-mode') }
    'build' { Run @('dotnet', 'build', $solution, '-c', 'Release') }
    'test' { Run @('dotnet', 'test', $solution, '-c', 'Release') }
    'format' { Run @('dotnet', 'format', $solution, '--verify-no-changes') }
    'bench' { Run @('dotnet', 'run', '-c', 'Release', '--project', $bench, '--', 'load', 'direct', '--pairs', '50', '--in-flight', '16', '--seconds', '10') }
    'publish' {
        foreach ($name in $Runtime) {
            $output = [System.IO.Path]::Combine($PSScriptRoot, 'artifacts', $name)
            Run @('dotnet', 'publish', $server, '-c', 'Release', '-p:Publishing=true', '-p:RestoreLockedMode=true', '-r', $name, '-o', $output)
        }
    }
}
