using System.Transactions;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>
/// The EF Core connection of a store's context, which never takes part in a System.Transactions transaction. EF Core itself enlists
/// connections of an <see cref="Npgsql.NpgsqlDataSource"/> after opening them.
/// </summary>
#pragma warning disable EF1001 // There is no public class to derive from.
internal sealed class OwnRelationalConnection(
    RelationalConnectionDependencies dependencies, NpgsqlDataSourceManager dataSources, IDbContextOptions options)
    : NpgsqlRelationalConnection(dependencies, dataSources, options)
{
    public override Transaction? CurrentAmbientTransaction => Safeguards.AmbientState ? null : base.CurrentAmbientTransaction;
}
#pragma warning restore EF1001
