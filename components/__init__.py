"""PostgreSQL and the apps that need it: settings become manifests, manifests become Pulumi resources.

The rooms, in the order in which data passes them: settings, the rendering modules (postgres, app,
namespace and what they share), compose, registration. Only `settings.configuration` and `registration` know Pulumi.
"""
