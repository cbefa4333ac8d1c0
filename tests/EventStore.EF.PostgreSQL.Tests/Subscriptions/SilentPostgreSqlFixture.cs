using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>PostgreSQL without LISTEN and NOTIFY, as behind a pooler that has no sessions.</summary>
public sealed class SilentPostgreSqlFixture(PostgreSqlCluster cluster) : PostgreSqlFixture(cluster)
{
    /// <inheritdoc/>
    public override void Use(EventStoreDatabaseBuilder builder, string connectionString)
        => builder.UsePostgreSql(connectionString, options => (options.Notifications, options.PreparedStatements) = (false, !IsPooled));
}
