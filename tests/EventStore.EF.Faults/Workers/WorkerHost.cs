using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Faults;

/// <summary>An application as the store's users have it.</summary>
internal static class WorkerHost
{
    public static IHost Build(WorkerSettings settings, HistoryLog log, Clock clock, KillPoints kill)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new WorkerLog(settings, log)).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services
            .AddSingleton(settings)
            .AddSingleton(log)
            .AddSingleton(kill)
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<Witness>()
            .AddSingleton<Rollout>()
            .AddSingleton<Bystanders>()
            .AddSingleton(new Troubles(settings.Folder))
            .AddSingleton<Workload>()
            .AddEventStore(store =>
            {
                Use(store, settings);
                store.Configure(options => options.LeaseDuration = settings.Lease);
                if (!settings.IsWriter)
                    Subscriptions.AddTo(store, settings.Build);
            });
        _ = settings.HasTransientContext
            ? builder.Services.AddDbContext<FaultContext>(context => Use(context, settings), ServiceLifetime.Transient)
            : builder.Services.AddDbContextPool<FaultContext>(context => Use(context, settings));
        if (!settings.IsWriter)
            builder.Services.AddHostedService<Auditor>().AddHostedService<Newcomers>();

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        return builder.Build();
    }

    public static void Use(EventStoreBuilder store, WorkerSettings settings)
        => _ = settings.Provider is Provider.Sqlite
            ? store.UseSqlite(settings.ConnectionString)
            : store.UsePostgreSql(settings.ConnectionString, options => options.Notifications = options.PreparedStatements = !settings.IsPooled);

    public static void Use(DbContextOptionsBuilder context, WorkerSettings settings)
        => _ = settings.Provider is Provider.Sqlite ? context.UseSqlite(settings.ConnectionString) : context.UseNpgsql(settings.ConnectionString);
}
