using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports objects that are appended but whose type isn't marked <c>[Event]</c>; the append would throw.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AppendAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The type that isn't marked, for the fix.</summary>
    internal const string TypeProperty = "Type";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptors.NotMarked];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var streams = start.Compilation.GetTypeByMetadataName(KnownNames.EventStreams);
            var newEvent = start.Compilation.GetTypeByMetadataName(KnownNames.NewEvent);
            if (streams is not null)
                start.RegisterOperationAction(operation => Append(operation, streams), OperationKind.Invocation);
            if (newEvent is not null)
                start.RegisterOperationAction(operation => Create(operation, newEvent), OperationKind.ObjectCreation);
        });
    }

    private static void Append(OperationAnalysisContext context, INamedTypeSymbol streams)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        if (method is not { Name: "AppendAsync", TypeArguments.Length: 1 } || !method.ContainingType.IsSameOrDerivedFrom(streams))
            return;
        var type = method.TypeArguments[0];
        Check(context, type, invocation.Arguments.FirstOrDefault(a => type.Equals(a.Parameter?.Type, SymbolEqualityComparer.Default)));
    }

    private static void Create(OperationAnalysisContext context, INamedTypeSymbol newEvent)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (!newEvent.Equals(creation.Type, SymbolEqualityComparer.Default) || creation.Arguments.Length != 1)
            return;
        var argument = creation.Arguments[0];
        var value = argument.Value;
        while (value is IConversionOperation { IsImplicit: true, Operand: { Type: not null } operand })
            value = operand;
        Check(context, value.Type, argument);
    }

    private static void Check(OperationAnalysisContext context, ITypeSymbol? type, IArgumentOperation? argument)
    {
        if (type is null || !EventBases.IsUnmarkedConcrete(type))
            return;
        var location = (argument ?? context.Operation).Syntax.GetLocation();
        var properties = ImmutableDictionary<string, string?>.Empty.Add(TypeProperty, DocumentationCommentId.CreateDeclarationId(type));
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.NotMarked, location, properties, type.Display()));
    }
}
