using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>Runs commands as people do.</summary>
public static class CommandLine
{
    private static readonly Lazy<Task> Tools = new(() => RunAsync(Repository.Root, "dotnet", ["tool", "restore"]));

    /// <summary>Runs <c>dotnet ef</c> of this repository, with its tools restored.</summary>
    public static async Task<CommandResult> EntityFrameworkAsync(params string[] arguments)
    {
        await Tools.Value.ConfigureAwait(false);
        return await RunAsync(Repository.Root, "dotnet", ["ef", .. arguments]).ConfigureAwait(false);
    }

    /// <summary>Runs a command to its end, without input.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="command">The program.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    public static async Task<CommandResult> RunAsync(
        string folder, string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What a test host or a build around it has set is none of the command's business; and no server is left running.
        foreach (var name in (string[])["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly"])
            start.Environment.Remove(name);

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new($"{command} {string.Join(' ', start.ArgumentList)}", process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
    }
}

/// <summary>What became of a command.</summary>
public sealed record CommandResult(string Command, int ExitCode, string Output)
{
    /// <summary>Fails unless the command succeeded.</summary>
    public CommandResult Succeeds()
    {
        Assert.True(ExitCode == 0, $"{Command}\nended with {ExitCode}:\n{Output}");
        return this;
    }

    /// <summary>Fails unless the command failed and said this.</summary>
    public CommandResult Fails(params string[] saying)
    {
        Assert.True(ExitCode != 0, $"{Command}\nsucceeded:\n{Output}");
        return Says(saying);
    }

    /// <summary>Fails unless the command said this.</summary>
    public CommandResult Says(params string[] parts)
    {
        foreach (var part in parts)
            Assert.True(Output.Contains(part, StringComparison.Ordinal), $"{Command}\ndid not say '{part}':\n{Output}");

        return this;
    }
}
