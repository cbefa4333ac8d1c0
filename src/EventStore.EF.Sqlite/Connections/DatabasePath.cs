namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// The file that a connection string names. It is made absolute once, so that all connections of a store reach the same file even if the
/// process's current directory changes.
/// </summary>
/// <param name="File">The file's full path.</param>
/// <param name="DataSource">The Data Source that names this file: the full path, or a URI with the parameters as given but mode.</param>
/// <param name="CreatesFile">Whether a URI lets SQLite create the file.</param>
internal sealed record DatabasePath(string File, string DataSource, bool CreatesFile)
{
    private const string Scheme = "file:";

    /// <summary>Resolves a Data Source by the rules of Microsoft.Data.Sqlite and, for a URI, of SQLite.</summary>
    public static DatabasePath Of(string dataSource)
    {
        if (!IsUri(dataSource))
        {
            var file = Absolute(dataSource);
            return new(file, file, CreatesFile: true);
        }

        var parts = dataSource.Split('#')[0].Split('?', 2);
        var path = Uri.UnescapeDataString(WithoutAuthority(parts[0][Scheme.Length..]));
        if (OperatingSystem.IsWindows() && path is ['/', _, ':', ..])
            path = path[1..];

        // The connection string's Mode says the same, and some connections are opened in another one.
        var parameters = parts is [_, var query] ? query.Split('&', StringSplitOptions.RemoveEmptyEntries) : [];
        var others = string.Join('&', parameters.Where(parameter => !parameter.StartsWith("mode=", StringComparison.Ordinal)));
        var full = Path.GetFullPath(path);
        return new(
            full, Scheme + Escaped(full) + (others.Length > 0 ? "?" + others : ""), CreatesFile: !parameters.Contains("mode=rw"));
    }

    /// <summary>Whether a Data Source is a URI, whose parameters SQLite reads.</summary>
    public static bool IsUri(string dataSource) => dataSource.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    private static string Absolute(string dataSource)
    {
        const string DataDirectory = "|DataDirectory|";
        var directory = AppDomain.CurrentDomain.GetData("DataDirectory") as string;
        var file = dataSource.StartsWith(DataDirectory, StringComparison.OrdinalIgnoreCase)
            ? dataSource[DataDirectory.Length..].TrimStart('/', '\\')
            : dataSource;
        return Path.GetFullPath(string.IsNullOrEmpty(directory) ? file : Path.Combine(directory, file));
    }

    private static string WithoutAuthority(string path)
        => path.StartsWith("//", StringComparison.Ordinal) && path.IndexOf('/', 2) is >= 0 and var slash ? path[slash..] : path;

    private static string Escaped(string path)
    {
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal);
        return OperatingSystem.IsWindows() ? "///" + escaped.Replace('\\', '/') : "//" + escaped;
    }
}
