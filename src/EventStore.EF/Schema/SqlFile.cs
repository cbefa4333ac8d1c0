namespace EventStore.EF.Schema;

/// <summary>Reads the SQL files next to the migrations. A released file never changes: a new version has a new number.</summary>
internal static class SqlFile
{
    /// <summary>The version of the package with the migration, which a file contains as <c>{version}</c>.</summary>
    public static string VersionOf(Type migration) => migration.Assembly.GetName().Version!.ToString(3);

    /// <param name="migration">A migration in the assembly that contains the file as a resource.</param>
    /// <param name="name">The file's name, without its folder.</param>
    public static string Read(Type migration, string name)
    {
        using var stream = migration.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{migration.Assembly.GetName().Name} has no file '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("{version}", VersionOf(migration), StringComparison.Ordinal);
    }
}
