using System.Diagnostics;

namespace EventStore.EF.Faults;

/// <summary>Runs the programs of this machine.</summary>
internal static class Programs
{
    private static readonly string[] Folders = ["/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/local/opt"];

    public static bool IsRoot { get; } = Environment.UserName == "root";

    /// <summary>What stands before a command so that it doesn't run as root, which PostgreSQL and PgBouncer refuse.</summary>
    public static IReadOnlyList<string> Unprivileged { get; } = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : [];

    /// <summary>The folder of the newest PostgreSQL server programs.</summary>
    /// <exception cref="LaboratoryException">There are none.</exception>
    public static string PostgreSqlFolder { get; } = FindPostgreSql();

    /// <summary>The full path of a program, or <see langword="null"/>.</summary>
    public static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a command to its end and returns what it wrote.</summary>
    /// <exception cref="LaboratoryException">It failed; the message has what it said.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null, CancellationToken ct = default)
    {
        var words = command.ToArray();
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        return process.ExitCode == 0
            ? await output.ConfigureAwait(false)
            : throw new LaboratoryException($"'{string.Join(' ', words)}' ended with {process.ExitCode}: {await errors.ConfigureAwait(false)}{await output.ConfigureAwait(false)}");
    }

    private static string FindPostgreSql()
    {
        if (Find("pg_ctl") is { } found && Find("initdb") is not null)
            return Path.GetDirectoryName(new FileInfo(found).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found)!;

        return Folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "pg_ctl", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }))
            .OrderBy(path => path, StringComparer.Ordinal)
            .Select(Path.GetDirectoryName)
            .LastOrDefault() ?? throw new LaboratoryException("There are no PostgreSQL server programs (initdb, pg_ctl) on PATH or in the usual folders. Install the package 'postgresql'.");
    }
}
