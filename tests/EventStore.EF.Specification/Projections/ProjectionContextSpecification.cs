using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>A projection writes through the very context whose transaction holds its checkpoint, or its application doesn't start.</summary>
public abstract class ProjectionContextSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Fact]
    public async Task A_context_that_each_object_gets_one_of_its_own_of_fails_the_start_before_anything_is_handled()
    {
        await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        foreach (var register in (Action<IServiceCollection>[])
        [
            services => services.AddDbContext<TallyContext>(Use, ServiceLifetime.Transient, ServiceLifetime.Singleton),
            services => services.AddTransient(_ => NewContext()),
            services => services.AddDbContextFactory<TallyContext>(Use).AddTransient(provider => provider.GetRequiredService<IDbContextFactory<TallyContext>>().CreateDbContext()),
        ])
        {
            await using var store = NewStore<TallyProjection>(register);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
            Assert.Contains($"'{Projection}'", refused.Message, StringComparison.Ordinal);
            Assert.Contains("ServiceLifetime.Transient", refused.Message, StringComparison.Ordinal);
            Assert.Contains("AddDbContext<TallyContext>", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_context_or_a_projection_that_is_one_object_for_the_whole_application_fails_the_start()
    {
        foreach (var register in (Action<IServiceCollection>[])
        [
            services => services.AddDbContext<TallyContext>(Use, ServiceLifetime.Singleton),
            services => services.AddDbContext<TallyContext>(Use).AddSingleton<TallyProjection>(),
        ])
        {
            await using var store = NewStore<TallyProjection>(register);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
            Assert.Contains("ServiceLifetime.Singleton", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
    }

    [Fact]
    public async Task A_missing_dependency_of_a_projection_fails_the_start_by_its_name_before_anything_is_handled()
    {
        await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await using var store = NewStore<NeedyProjection>(services => services.AddDbContext<TallyContext>(Use));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Host.StartAsync(Ct));
        Assert.Contains(typeof(Absent).FullName!, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Projection}'", refused.Message, StringComparison.Ordinal);

        await using var without = NewStore<TallyProjection>(_ => { });
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => without.Host.StartAsync(Ct));
        Assert.Contains(nameof(TallyContext), refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
    }

    [Fact]
    public async Task Scoped_pooled_and_factory_made_contexts_and_a_transient_projection_are_taken()
    {
        var version = 0;
        foreach (var register in (Action<IServiceCollection>[])
        [
            services => services.AddDbContext<TallyContext>(Use),
            services => services.AddDbContextPool<TallyContext>(Use),
            services => services.AddDbContextFactory<TallyContext>(Use),
            services => services.AddDbContext<TallyContext>(Use).AddTransient<TallyProjection>(),
        ])
        {
            await using var store = NewStore<TallyProjection>(register);
            await store.Host.StartAsync(Ct);
            var appended = await store.Events.AppendAsync("numbers", version, new Numbered(++version), cancellationToken: Ct);
            await store.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
            Assert.DoesNotContain(store.Log.Lines, IsAboutUnused);
        }

        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task A_handler_that_writes_nothing_through_the_context_is_told_of_once()
    {
        await using var store = NewStore<IdleProjection>(services => services.AddDbContext<TallyContext>(Use));
        await store.Host.StartAsync(Ct);
        for (var number = 1; number <= 5; number++)
        {
            var appended = await store.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            await store.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        }

        var told = Assert.Single(store.Log.Lines, IsAboutUnused);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains("'specification-numbered'", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_reads_through_the_context_and_writes_through_another_one_is_told_of()
    {
        await using var store = NewStore<TwoContextProjection>(services => services.AddDbContext<TallyContext>(Use).AddSingleton(new OtherContexts(NewContext)));
        await store.Host.StartAsync(Ct);
        for (var number = 1; number <= 3; number++)
        {
            var appended = await store.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            await store.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        }

        Assert.Single(store.Log.Lines, IsAboutUnused);
    }

    [Fact]
    public async Task A_handler_that_writes_by_SQL_on_the_context_is_not_told_of()
    {
        await using var store = NewStore<SqlProjection>(services => services.AddDbContext<TallyContext>(Use));
        await store.Host.StartAsync(Ct);
        var appended = await store.Events.AppendManyAsync("numbers", ExpectedVersion.Any, Numbered(3), Ct);
        await store.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);

        Assert.DoesNotContain(store.Log.Lines, IsAboutUnused);
        Assert.Equal(3, await CountAsync("numbers"));
    }

    private static bool IsAboutUnused(TestLogLine line) => line.Message.Contains("wrote nothing through", StringComparison.Ordinal);

    private void Use(DbContextOptionsBuilder context) => UseContext(context, Database.ConnectionString);

    private TallyContext NewContext()
    {
        var options = new DbContextOptionsBuilder<TallyContext>();
        Use(options);
        return new(options.Options);
    }

    private TestStore NewStore<TProjection>(Action<IServiceCollection> register)
        where TProjection : class
        => Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(new Recorder());
            register(builder.Services);
            builder.AddProjection<TProjection, TallyContext>(Projection);
        });
}

/// <summary>A projection that leaves its context alone.</summary>
public sealed class IdleProjection(Recorder recorder) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => await recorder.HandleAsync(context, cancellationToken);
}

/// <summary>Makes contexts beside that of the transaction.</summary>
public sealed record OtherContexts(Func<TallyContext> New);

/// <summary>A projection that looks at its context, and does its work elsewhere.</summary>
public sealed class TwoContextProjection(TallyContext tallies, OtherContexts others) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        _ = await tallies.Tallies.ToListAsync(cancellationToken);
        await using var other = others.New();
        _ = await other.Tallies.CountAsync(cancellationToken);
    }
}

/// <summary>A projection that needs a service which nobody registers.</summary>
public sealed class NeedyProjection(TallyContext tallies, Absent absent) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken)
        => await tallies.Database.ExecuteSqlAsync($"SELECT {absent.Number}", cancellationToken);
}

/// <summary>A service which nobody registers.</summary>
public sealed record Absent(int Number);

/// <summary>A projection that writes past the change tracker.</summary>
public sealed class SqlProjection(TallyContext tallies) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(context);
        await tallies.Database.ExecuteSqlAsync($"""
            INSERT INTO tallies (stream, events, total) VALUES ({context.StreamName.Value}, 1, {@event.Number})
            ON CONFLICT (stream) DO UPDATE SET events = tallies.events + 1
            """, cancellationToken);
    }
}
