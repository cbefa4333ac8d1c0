using EventStore.EF.Sqlite.Connections;

namespace EventStore.EF.Sqlite.Tests.Connections;

/// <summary>The path is made absolute once, whatever the process's current directory is later.</summary>
[Collection(CurrentDirectory.Name)]
public sealed class DatabasePathTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shop.db", "shop.db", false)]
    [InlineData("data/../shop.db", "shop.db", false)]
    [InlineData("file:shop.db", "shop.db", true)]
    [InlineData("file:data/shop.db?cache=private", "data/shop.db", true)]
    [InlineData("file:a%20b%3fc.db", "a b?c.db", true)]
    public void A_relative_path_is_resolved_when_the_store_is_registered(string dataSource, string file, bool isUri)
    {
        var path = DatabasePath.Of(dataSource);
        Assert.Equal(Path.GetFullPath(file), path.File);
        Assert.Equal(isUri, path.DataSource.StartsWith("file://", StringComparison.Ordinal));
        Assert.Equal(path, DatabasePath.Of(path.DataSource));
    }

    [Theory]
    [InlineData("file:/data/shop.db")]
    [InlineData("file:///data/shop.db")]
    [InlineData("file://localhost/data/shop.db")]
    public void An_absolute_uri_names_its_file(string dataSource)
        => Assert.Equal(Path.GetFullPath("/data/shop.db"), DatabasePath.Of(dataSource).File);

    [Theory]
    [InlineData("shop.db")]
    [InlineData("file:shop.db")]
    [InlineData("file:shop.db?mode=rwc")]
    public async Task A_store_keeps_its_file_when_the_current_directory_changes(string dataSource)
    {
        using var directory = new CurrentDirectory();
        await using var store = Create(dataSource);
        await store.Host.StartAsync(Ct);
        directory.Change("elsewhere");

        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(1, (await store.Events.Streams.FindAsync("stream", Ct))!.Version);
        await using (var subscription = await store.Events.SubscribeAsync("numbers", cancellationToken: Ct))
        {
            await foreach (var batch in subscription.ReadBatchesAsync(Ct))
            {
                await subscription.AckAsync(batch, Ct);
                break;
            }
        }

        Assert.Empty(Directory.GetFiles(directory.Path("elsewhere")));
        Assert.True(File.Exists(directory.Path("shop.db")));
    }

    [Fact]
    public async Task The_same_relative_path_in_two_folders_names_two_stores()
    {
        using var directory = new CurrentDirectory();
        await using var first = Create("shop.db");
        directory.Change("elsewhere");
        await using var second = Create("shop.db");
        await first.Host.StartAsync(Ct);
        await second.Host.StartAsync(Ct);

        await first.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Null(await second.Events.Streams.FindAsync("stream", Ct));
    }

    private TestStore Create(string dataSource)
        => new(builder =>
        {
            fixture.Use(builder, $"Data Source={dataSource}");
            builder.MigrateOnStart();
        });
}

/// <summary>A current directory of a test's own. It is the process's, so no other test runs meanwhile.</summary>
internal sealed class CurrentDirectory : IDisposable
{
    public const string Name = "current directory";

    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-directory-").FullName;

    public CurrentDirectory() => Directory.SetCurrentDirectory(_folder);

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    public void Change(string name) => Directory.SetCurrentDirectory(Directory.CreateDirectory(Path(name)).FullName);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The tests that change the current directory.</summary>
[CollectionDefinition(CurrentDirectory.Name, DisableParallelization = true)]
public sealed class CurrentDirectoryCollection;
