namespace EventStore.EF.Migrations.PostgreSQL;

/// <summary>The SQL files beside the migrations. A file never changes once it was released: a new version has a new number.</summary>
internal static class SqlFile
{
    public static string Read(string name)
    {
        using var stream = typeof(SqlFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The migrations have no file '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
