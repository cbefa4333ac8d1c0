using System.Collections.Immutable;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace EventStore.EF.Generators.Analyzers;

/// <summary>Reports appended objects whose type isn't marked <c>[Event]</c>. The append would throw.</summary>
/// <remarks>
/// It looks for names in the syntax first: an analyzer that registers for operations makes the compiler bind all code once more,
/// including the generated code.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AppendAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key of the property that tells the fix which type isn't marked.</summary>
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
                start.RegisterSyntaxNodeAction(node => Append(node, streams), SyntaxKind.InvocationExpression);
            if (newEvent is not null)
            {
                start.RegisterSyntaxNodeAction(
                    node => Create(node, newEvent), SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
            }
        });
    }

    private static void Append(SyntaxNodeAnalysisContext context, INamedTypeSymbol streams)
    {
        if (!IsCalled(((InvocationExpressionSyntax)context.Node).Expression, "AppendAsync")
            || context.SemanticModel.GetOperation(context.Node, context.CancellationToken) is not IInvocationOperation invocation)
        {
            return;
        }

        var method = invocation.TargetMethod;
        if (method is not { Name: "AppendAsync", TypeArguments.Length: 1 } || !method.ContainingType.IsSameOrDerivedFrom(streams))
            return;
        var type = method.TypeArguments[0];
        Check(context, type, invocation.Arguments.FirstOrDefault(a => type.Equals(a.Parameter?.Type, SymbolEqualityComparer.Default)));
    }

    private static void Create(SyntaxNodeAnalysisContext context, INamedTypeSymbol newEvent)
    {
        if (context.Node is not BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 1 } syntax
            || !newEvent.Equals(context.SemanticModel.GetTypeInfo(syntax, context.CancellationToken).Type, SymbolEqualityComparer.Default)
            || context.SemanticModel.GetOperation(syntax, context.CancellationToken)
                is not IObjectCreationOperation { Arguments.Length: 1 } creation)
        {
            return;
        }

        var argument = creation.Arguments[0];
        var value = argument.Value;
        while (value is IConversionOperation { IsImplicit: true, Operand: { Type: not null } operand })
            value = operand;
        Check(context, value.Type, argument);
    }

    private static bool IsCalled(ExpressionSyntax expression, string name) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText == name,
        SimpleNameSyntax simple => simple.Identifier.ValueText == name,
        _ => false,
    };

    private static void Check(SyntaxNodeAnalysisContext context, ITypeSymbol? type, IArgumentOperation? argument)
    {
        if (type is null || !EventBases.IsUnmarkedConcrete(type))
            return;
        var location = (argument?.Syntax ?? context.Node).GetLocation();
        var properties = ImmutableDictionary<string, string?>.Empty.Add(TypeProperty, DocumentationCommentId.CreateDeclarationId(type));
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.NotMarked, location, properties, type.Display()));
    }
}
