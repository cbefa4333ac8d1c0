using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Whatever is given that can't be taken: a clear, typed error that says what to do, and nothing is written.</summary>
public abstract class BadInputSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    public static TheoryData<string, string> BadStreamNames => new()
    {
        { "", "at least one character" },
        { new string('x', 256), "at most 255 characters. This one has 256" },
        { "$all", "reserved" },
        { "$", "reserved" },
        { "$ce-order", "reserved" },
        { "order\n1", "must not have control characters. This one has U+000A at index 5" },
        { "\0", "must not have control characters" },
        { "order\u0085", "must not have control characters" },
        { "order-\ud83d", "lone surrogate U+D83D at index 6" },
        { "\ude00\ud83d", "lone surrogate" },
    };

    [Theory]
    [MemberData(nameof(BadStreamNames), DisableDiscoveryEnumeration = true)]
    public async Task A_stream_name_out_of_rule_is_refused_with_the_rule(string name, string rule)
    {
        foreach (var operation in (Func<Task>[])
        [
            () => Events.AppendAsync(name, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => Events.AppendManyAsync(name, ExpectedVersion.Any, Numbered(2), Ct),
            () => ReadAsync(name),
        ])
        {
            var exception = await ThrowsAndWritesNothingAsync<ArgumentException>(operation);
            Assert.Contains(rule, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_type_that_no_database_can_store_is_refused_in_a_filter()
    {
        foreach (var type in (string[])["a\0b", "\0", "a\ud83d", "\ude00b"])
        {
            Assert.Throws<ArgumentException>("eventTypes", () => EventFilter.Types(type));
            Assert.Throws<ArgumentException>("eventTypes", () => EventFilter.StreamPrefix("order").AndTypes("good", type));
        }
    }

    [Fact]
    public async Task A_key_that_no_parked_event_can_have_is_refused()
    {
        foreach (var (key, rule) in ((string, string)[])[("a\0b", "U+0000"), ("a\ud83d", "lone surrogate"), (new('x', 501), "500")])
        {
            foreach (var operation in (Func<Task>[])
            [
                () => Events.Subscriptions.DiscardParkedAsync("numbers", key, cancellationToken: Ct),
                () => Events.Subscriptions.ReplayParkedAsync("numbers", key, cancellationToken: Ct),
            ])
            {
                var refused = await ThrowsAndWritesNothingAsync<ArgumentException>(operation);
                Assert.Equal("key", refused.ParamName);
                Assert.Contains(rule, refused.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_stream_name_that_was_never_set_is_refused()
    {
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.AppendAsync(default, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct));
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => ReadAsync(default));
        Assert.ThrowsAny<ArgumentException>(() => new StreamName(null!));
    }

    [Fact]
    public async Task An_append_without_events_is_refused()
    {
        var exception = await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.AppendManyAsync("stream", ExpectedVersion.Any, [], Ct));
        Assert.Contains("at least one", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Null_is_refused()
    {
        await ThrowsAndWritesNothingAsync<ArgumentNullException>(() => Events.AppendManyAsync("stream", ExpectedVersion.Any, null!, Ct));
        await ThrowsAndWritesNothingAsync<ArgumentNullException>(() => Events.AppendManyAsync("stream", ExpectedVersion.Any, [.. Numbered(1), null!], Ct));
        await ThrowsAndWritesNothingAsync<ArgumentNullException>(() => Events.AppendAsync<Noted>("stream", ExpectedVersion.Any, null!, cancellationToken: Ct));
        Assert.Throws<ArgumentNullException>(() => new NewEvent(null!));
    }

    [Fact]
    public async Task An_object_that_is_no_event_is_refused_with_what_to_do()
    {
        object data = new NotAnEvent("x");
        var stream = NewStream();
        foreach (var events in (NewEvent[][])[[new(data)], [.. Numbered(2), new(data)]])
        {
            var exception = await ThrowsAndWritesNothingAsync<EventNotRegisteredException>(() => Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct));
            Assert.Equal(typeof(NotAnEvent), exception.ClrType);
            foreach (var part in (string[])[nameof(NotAnEvent), "[Event]", "AddEventsFrom", "Nothing was written"])
                Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_negative_version_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ExpectedVersion.At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => (ExpectedVersion)(-2L));
    }

    [Fact]
    public async Task Read_options_out_of_range_are_refused_by_name()
    {
        (ReadOptions Options, string Name)[] cases =
        [
            (new() { From = -1 }, nameof(ReadOptions.From)),
            (new() { MaxCount = 0 }, nameof(ReadOptions.MaxCount)),
            (new() { MaxCount = -5 }, nameof(ReadOptions.MaxCount)),
            (new() { PageSize = 0 }, nameof(ReadOptions.PageSize)),
            (new() { PageSize = 10_001 }, nameof(ReadOptions.PageSize)),
            (new() { Direction = (ReadDirection)9 }, nameof(ReadOptions.Direction)),
        ];
        foreach (var (options, name) in cases)
        {
            foreach (var exception in (ArgumentOutOfRangeException[])
            [
                await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync("stream", options)),
                await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ToListAsync(Events.ReadAllAsync(options, Ct))),
            ])
            {
                Assert.Equal(name, exception.ParamName);
                Assert.Contains($"ReadOptions.{name}", exception.Message, StringComparison.Ordinal);
            }
        }

        await Assert.ThrowsAsync<ArgumentNullException>(() => ReadAsync("stream", new() { Filter = null! }));
    }

    [Fact]
    public void Filters_out_of_rule_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EventFilter.Types());
        Assert.Throws<ArgumentException>(() => EventFilter.Types("a", ""));
        Assert.Throws<ArgumentNullException>(() => EventFilter.Types(null!));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix(""));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix(new string('x', 256)));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix("a\0"));
        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix("a").AndStreamPrefix("ab"));
    }

    public static TheoryData<string, Action<EventStoreOptions>> BadOptions => new()
    {
        { nameof(EventStoreOptions.MaxEventSize), options => options.MaxEventSize = 0 },
        { nameof(EventStoreOptions.PollingInterval), options => options.PollingInterval = TimeSpan.Zero },
        { nameof(EventStoreOptions.PollingInterval), options => options.PollingInterval = TimeSpan.FromHours(2) },
        { nameof(EventStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.FromMilliseconds(999) },
        { nameof(EventStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.FromHours(2) },
        { nameof(EventStoreOptions.MaxRetryAttempts), options => options.MaxRetryAttempts = -1 },
        { nameof(EventStoreOptions.RetryDelay), options => options.RetryDelay = TimeSpan.Zero },
        { nameof(EventStoreOptions.RetryDelay), options => options.RetryDelay = TimeSpan.FromHours(2) },
        { nameof(EventStoreOptions.Schema), options => options.Schema = "" },
        { nameof(EventStoreOptions.Schema), options => options.Schema = null! },
        { nameof(EventStoreOptions.Schema), options => options.Schema = "Billing" },
        { nameof(EventStoreOptions.Schema), options => options.Schema = "pg_store" },
        { nameof(EventStoreOptions.Schema), options => options.Schema = "1store" },
        { nameof(EventStoreOptions.Schema), options => options.Schema = "a\"; DROP TABLE x; --" },
        { nameof(EventStoreOptions.Schema), options => options.Schema = new('x', 41) },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_range_is_refused_by_name(string name, Action<EventStoreOptions> configure)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => Fixture.CreateStore(Database, builder => builder.Configure(configure)));
        Assert.Contains($"EventStoreOptions.{name}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_without_a_database_is_refused_with_what_to_call()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddEventStore(_ => { }));
        Assert.Contains("UsePostgreSql", exception.Message, StringComparison.Ordinal);
        Assert.Contains("UseSqlite", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_with_two_databases_or_registered_twice_is_refused()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Fixture.CreateStore(Database, builder => Fixture.Use(builder, Database.ConnectionString)));
        Assert.Contains("once", exception.Message, StringComparison.Ordinal);

        exception = Assert.Throws<InvalidOperationException>(() => new ServiceCollection()
            .AddEventStore(builder => Fixture.Use(builder, Database.ConnectionString))
            .AddEventStore(builder => Fixture.Use(builder, Database.ConnectionString)));
        Assert.Contains("AddEventStore only once", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    [InlineData("no connection string at all")]
    [InlineData("Colour=blue;Password=do-not-repeat-me")]
    public void A_malformed_connection_string_is_refused_at_once_and_its_password_not_repeated(string? connectionString)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => Fixture.CreateStore(connectionString!));
        Assert.Equal("connectionString", exception.ParamName);
        Assert.DoesNotContain("do-not-repeat-me", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_can_t_be_reached_is_a_typed_error_after_the_attempts_that_the_options_allow()
    {
        await using var store = Fixture.CreateStore(Fixture.UnreachableConnectionString, builder => builder.Configure(options =>
        {
            options.MaxRetryAttempts = 2;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        }));
        foreach (var operation in (Func<Task>[])
        [
            () => store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct),
            () => ToListAsync(store.Events.ReadStreamAsync("stream", cancellationToken: Ct)),
            () => ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)),
        ])
        {
            var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(operation);
            Assert.NotNull(exception.InnerException);
            AssertUnavailable(exception);
        }
    }

    [Fact]
    public async Task Waiting_for_a_database_that_can_t_be_reached_can_be_cancelled()
    {
        await using var store = Fixture.CreateStore(Fixture.UnreachableConnectionString, builder => builder.Configure(options =>
        {
            options.MaxRetryAttempts = 1000;
            options.RetryDelay = TimeSpan.FromHours(1);
        }));
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var append = store.Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(1), cancellationToken: cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => append);
        Assert.True(append.IsCanceled || append.Exception?.InnerException is EventStoreUnavailableException);
    }

    /// <summary>Asserts what this database's unavailability says.</summary>
    protected abstract void AssertUnavailable(EventStoreUnavailableException exception);
}
