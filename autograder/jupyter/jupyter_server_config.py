"""JupyterLab as `rnn-course learn` starts it sends each message to the page at once.

Small messages are otherwise held back until the page has acknowledged the one before (Nagle's algorithm), and a widget
answers 40 ms later. Asked for by the name of a class, as jupyter_server provides for.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class AtOnce(ZMQChannelsWebsocketConnection):
    """The connection of a page to its kernel, without delay."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


get_config().ServerApp.kernel_websocket_connection_class = AtOnce  # noqa: F821 - known in such a file
