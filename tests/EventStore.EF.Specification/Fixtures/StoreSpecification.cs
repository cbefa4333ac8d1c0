namespace EventStore.EF.Specification;

/// <summary>The base of the suites: a store of the class's database for each test.</summary>
public abstract class StoreSpecification(StoreFixture fixture) : IAsyncLifetime
{
    private TestStore? _store;

    /// <summary>The provider's fixture.</summary>
    protected StoreFixture Fixture => fixture;

    /// <summary>The database that the tests of this class share.</summary>
    protected virtual TestDatabase Database => fixture.Database;

    /// <summary>A store of the class's database.</summary>
    protected TestStore Store => _store ??= fixture.CreateStore(Database, Configure);

    /// <summary>The same store.</summary>
    protected IEventStore Events => Store.Events;

    /// <summary>Cancelled when the test is.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual ValueTask InitializeAsync()
    {
        fixture.RequireDatabase();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
            await _store.DisposeAsync();
    }

    /// <summary>What the class's store is told besides its database.</summary>
    protected virtual void Configure(EventStoreBuilder builder)
    {
    }

    /// <summary>A name that no other test uses.</summary>
    protected static StreamName NewStream(string prefix = "stream") => $"{prefix}-{Guid.NewGuid():N}";

    /// <summary>Events with numbers from <paramref name="first"/> on.</summary>
    protected static NewEvent[] Numbered(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(number => new NewEvent(new Numbered(number)))];

    /// <summary>A stream's events.</summary>
    protected Task<List<RecordedEvent>> ReadAsync(StreamName stream, ReadOptions? options = null)
        => ToListAsync(Events.ReadStreamAsync(stream, options, Ct));

    /// <summary>The numbers of a stream's events.</summary>
    protected async Task<int[]> NumbersAsync(StreamName stream, ReadOptions? options = null)
        => [.. (await ReadAsync(stream, options)).Select(@event => @event.As<Numbered>().Number)];

    /// <summary>Asserts that these are the numbers of a stream's events.</summary>
    protected async Task AssertNumbersAsync(StreamName stream, params int[] expected) => Assert.Equal(expected, await NumbersAsync(stream));

    /// <summary>Everything that is read.</summary>
    protected static async Task<List<RecordedEvent>> ToListAsync(IAsyncEnumerable<RecordedEvent> events) => await events.ToListAsync(Ct);

    /// <summary>Asserts that an operation fails and leaves the class's database as it is.</summary>
    protected async Task<TException> ThrowsAndWritesNothingAsync<TException>(Func<Task> operation)
        where TException : Exception
    {
        var before = await Database.ContentAsync();
        var exception = await Assert.ThrowsAsync<TException>(operation);
        Assert.Equal(before, await Database.ContentAsync());
        return exception;
    }

    /// <summary>Runs operations all at once and returns their results or exceptions.</summary>
    protected static async Task<(T? Result, Exception? Exception)[]> AtOnceAsync<T>(int count, Func<int, Task<T>> operation)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable.Range(0, count).Select(index => Task.Run(async () =>
        {
            await gate.Task;
            try
            {
                return (await operation(index), default(Exception));
            }
            catch (Exception exception)
            {
                return (default(T), (Exception?)exception);
            }
        })).ToArray();
        gate.SetResult();
        return await Task.WhenAll(tasks);
    }
}
