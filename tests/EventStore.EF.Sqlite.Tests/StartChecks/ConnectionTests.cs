using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.StartChecks;

/// <summary>Connection strings and files that the store can't work with are refused; all others work.</summary>
public sealed class ConnectionTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Theory]
    [InlineData("Data Source=shop.db;Mode=ReadOnly", "read-only")]
    [InlineData("Data Source=file:shop.db?mode=ro", "read-only")]
    [InlineData("Data Source=file:shop.db?immutable=1&mode=rw", "read-only")]
    [InlineData("Data Source=shop.db;Cache=Shared", "shared cache")]
    [InlineData("Data Source=file:shop.db?cache=shared", "shared cache")]
    [InlineData("Data Source=shop.db;Foreign Keys=False", "Foreign Keys")]
    [InlineData("Data Source=:memory:", "in memory")]
    [InlineData("Data Source=file:shop?mode=memory", "in memory")]
    [InlineData("Mode=ReadWrite", "no Data Source")]
    [InlineData("Data Source=shop.db;Vfs=unix-dotfile", "Vfs=unix-dotfile")]
    public void What_can_t_work_is_refused_when_the_store_is_registered(string connectionString, string saying)
        => Assert.Contains(
            saying, Assert.Throws<ArgumentException>(() => new TestStore(builder => builder.UseSqlite(connectionString))).Message,
                StringComparison.Ordinal);

    [Theory]
    [InlineData(700, 10)]
    [InlineData(20, 250)]
    public void A_path_that_is_too_long_for_SQLite_is_refused_with_its_length(int folders, int name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other limits");
        var path = "/" + string.Concat(Enumerable.Repeat("d/", folders / 2)) + new string('n', name);
        var refused = Assert.Throws<ArgumentException>(() => new TestStore(builder => builder.UseSqlite($"Data Source={path}")));
        Assert.Contains($"has {path.Length} bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_path_and_the_longest_name_work()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other limits");
        var root = Directory.CreateTempSubdirectory("eventstore-long-").FullName;
        var folder = root;
        while (folder.Length < 500 - 247 - 1)
            folder = Path.Combine(folder, new string('d', Math.Min(200, 500 - 247 - 2 - folder.Length)));

        Directory.CreateDirectory(folder);
        await using (var store = new TestStore(
            builder => builder.UseSqlite($"Data Source={Path.Combine(folder, new string('n', 247))}").MigrateOnStart()))
        {
            await store.Host.StartAsync(Ct);
            await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        }

        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData("{0};Mode=ReadWrite")]
    [InlineData("file:{0}?mode=rw")]
    public async Task A_missing_file_that_nobody_may_create_is_said_to_be_missing(string dataSource)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");
        await using var store = new TestStore(builder => builder.UseSqlite("Data Source=" + string.Format(null, dataSource, path)).MigrateOnStart());
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Host.StartAsync(Ct));
        Assert.Contains($"'{path}' doesn't exist", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MigrateOnStart", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("file:{0}")]
    [InlineData("file://{0}?mode=rwc")]
    public async Task A_uri_works_like_a_path(string uri)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N} %?#.db");
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        await using (var store = new TestStore(
            builder => builder.UseSqlite($"Data Source=\"{string.Format(null, uri, escaped)}\"").MigrateOnStart()))
        {
            await store.Host.StartAsync(Ct);
            await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            Assert.True(File.Exists(path));
        }

        File.Delete(path);
    }

    [Theory]
    [InlineData("Pooling=False")]
    [InlineData("Recursive Triggers=True")]
    [InlineData("Default Timeout=5")]
    [InlineData("Cache=Private")]
    [InlineData("Mode=ReadWrite")]
    public async Task Other_settings_change_nothing(string setting)
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore($"{database.ConnectionString};{setting}");
        await store.Host.StartAsync(Ct);
        await store.Events.AppendAsync("order-1", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var consumer = await store.Events.SubscribeAsync("orders", cancellationToken: Ct);
        await foreach (var batch in consumer.ReadBatchesAsync(Ct))
        {
            await consumer.AckAsync(batch, Ct);
            break;
        }
    }

    [Fact]
    public async Task A_password_without_a_library_that_encrypts_fails_the_start_and_says_so()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await using var store = Fixture.CreateStore($"{database.ConnectionString};Password=secret", builder => builder.MigrateOnStart());
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("encryption", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_UTF16_fails_the_start_and_nothing_is_made_in_it()
    {
        await using var database = await Fixture.CreateDatabaseAsync(migrated: false);
        await database.ExecuteAsync("PRAGMA encoding = 'UTF-16le'; CREATE TABLE notes (text)");
        await using var store = Fixture.CreateStore(database, builder => builder.MigrateOnStart());
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("UTF-16le", exception.Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public void A_missing_connection_string_says_which_key_is_probably_missing()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Blank", " ")]).Build();
        Assert.Contains("'ConnectionStrings:Shop'", Refusal(builder => builder.UseSqlite(configuration.GetConnectionString("Shop"))),
            StringComparison.Ordinal);
        Assert.Contains("'ConnectionStrings__Shop'", Refusal(builder => builder.UseSqlite(configuration.GetConnectionString("Shop"))),
            StringComparison.Ordinal);
        Assert.Contains("'ConnectionStrings:Blank'", Refusal(builder => builder.UseSqlite(configuration.GetConnectionString("Blank")!)),
            StringComparison.Ordinal);
        Assert.Contains("'Shop:Database'", Refusal(builder => builder.UseSqlite(configuration["Shop:Database"])), StringComparison.Ordinal);
        Assert.Contains("'SHOP_DB_MISSING'",
            Refusal(builder => builder.UseSqlite(Environment.GetEnvironmentVariable("SHOP_DB_MISSING")!)), StringComparison.Ordinal);
        string? fromSettings = null;
        Assert.Contains("fromSettings", Refusal(builder => builder.UseSqlite(fromSettings)), StringComparison.Ordinal);
        Assert.Contains("UseSqlite is null", Refusal(builder => builder.UseSqlite(null)), StringComparison.Ordinal);
        Assert.Contains("UseSqlite is empty", Refusal(builder => builder.UseSqlite("")), StringComparison.Ordinal);
    }

    private static string Refusal(Action<EventStoreBuilder> configure)
        => Assert.Throws<ArgumentException>(() => new TestStore(configure)).Message;
}
