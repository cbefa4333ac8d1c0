using EventStore.EF.Packages.Tests;

[assembly: AssemblyFixture(typeof(PackedConsumers))]

namespace EventStore.EF.Packages.Tests;

/// <summary>The packages, packed into a folder, and a copy of the consumers beside it that restores from there.</summary>
public sealed class PackedConsumers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-packages-").FullName;

    /// <summary>The folder of the packages.</summary>
    public string Packages => Path.Combine(_folder, "packages");

    /// <summary>A consumer's folder.</summary>
    public string FolderOf(string consumer) => Path.Combine(_folder, consumer);

    /// <summary>Builds a consumer.</summary>
    public Task<CommandResult> BuildAsync(string consumer, params string[] options)
        => RunAsync(consumer, "dotnet", ["build", "--nologo", .. options]);

    /// <summary>Runs a command in a consumer's folder, restoring from the packed packages.</summary>
    public Task<CommandResult> RunAsync(string consumer, string command, params string[] arguments)
        => CommandLine.RunAsync(FolderOf(consumer), command, arguments, Environment);

    /// <summary>Runs <c>dotnet ef</c> of this repository on a consumer that is built.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="arguments">The command and its options.</param>
    /// <param name="behind">What follows <c>--</c>.</param>
    /// <param name="environment">Variables besides those of the packages.</param>
    public Task<CommandResult> EntityFrameworkAsync(
        string consumer, string[] arguments, string[] behind, params (string Name, string Value)[] environment)
        => CommandLine.RunAsync(
            FolderOf(consumer), "dotnet",
            ["ef", .. arguments, "--project", FolderOf(consumer), "--no-build", .. behind.Length == 0 ? [] : (string[])["--", .. behind]],
            Environment.Concat(environment.Select(one => KeyValuePair.Create(one.Name, one.Value))).ToDictionary());

    private Dictionary<string, string> Environment => new()
    {
        // A folder of its own, so that no earlier package of the same version is taken for this one.
        ["NUGET_PACKAGES"] = Path.Combine(_folder, "restored"),
        ["UseSharedCompilation"] = "false",
    };

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Restored with the tests: once more would write files that other tests' commands read at that moment.
        foreach (var project in Directory.GetDirectories(Path.Combine(Repository.Root, "src")))
        {
            (await CommandLine.RunAsync(
                Repository.Root, "dotnet", ["pack", project, "--nologo", "--configuration", "Release", "--no-restore", "--output", Packages])).Succeeds();
        }

        Copy(Path.Combine(AppContext.BaseDirectory, "Consumers"), _folder);

        // A bundle is restored from the sources of the folder in which the tool runs.
        Copy(Path.Combine(Repository.Root, ".config"), Path.Combine(_folder, ".config"));

        // Besides the sources of the machine. What the machine has restored already needs no download; of this project's packages
        // it may have others, so then everything is downloaded.
        var known = Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var fallback = Directory.Exists(known) && !Directory.EnumerateDirectories(known, "eventstore.ef*").Any()
            ? $"<fallbackPackageFolders><add key=\"known\" value=\"{known}\" /></fallbackPackageFolders>"
            : "";
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "NuGet.Config"),
            $"<configuration><packageSources><add key=\"packed\" value=\"{Packages}\" /></packageSources>{fallback}</configuration>");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
