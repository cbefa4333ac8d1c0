namespace EventStore.EF.Specification;

/// <summary>The base of the suites that look at a whole store: each test has a database of its own.</summary>
public abstract class OwnDatabaseSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private TestDatabase? _database;

    /// <summary>The database of the running test.</summary>
    protected override TestDatabase Database => _database ?? throw new InvalidOperationException("The test has no database yet.");

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _database = await Fixture.CreateDatabaseAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>All events of the store.</summary>
    protected Task<List<RecordedEvent>> ReadAllAsync(ReadOptions? options = null) => ToListAsync(Events.ReadAllAsync(options, Ct));
}
